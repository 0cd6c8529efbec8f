"""The identity provider over HTTP. Loaded when somebody signs in: see the container."""
