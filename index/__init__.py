"""Files to articles to passages to a store that can be searched. Imports nothing of `qa`."""

import os

# ONNX Runtime reports to its maker from the moment that it is imported (1.29 and later), unless told otherwise before.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
