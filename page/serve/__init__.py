"""The page as a web application, the only package that imports Gradio."""

import os

os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"  # read when gradio is imported
# Gradio queries matplotlib's backend at every event. Unless one is set, that imports all of matplotlib and scans the fonts.
os.environ["MPLBACKEND"] = "agg"
