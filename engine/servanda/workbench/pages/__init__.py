"""The pages: a function a route, from a visit to its answer."""
