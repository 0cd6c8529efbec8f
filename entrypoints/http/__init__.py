"""The REST API and the web pages, on Pyramid and Cornice."""
