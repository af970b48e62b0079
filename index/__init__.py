"""Files to articles to passages to a store that can be searched. Imports nothing of `qa`."""
