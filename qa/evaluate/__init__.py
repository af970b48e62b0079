"""Scripts that people run on their own articles: measures with intervals, honest baselines, reports."""
