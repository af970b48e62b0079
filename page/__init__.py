"""What the page is drawn with: pure functions from data to markup, one style sheet, one script. Never imports ui.py."""
