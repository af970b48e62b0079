"""The page: draw/ makes markup of data, serve/ is the web application. Never imports ui.py."""
