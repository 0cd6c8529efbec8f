"""What http, streams and chat share: who asks, what an error looks like, headers, logs."""
