"""Questions and quotes against a store: retrieval, reading, answers with citations."""
