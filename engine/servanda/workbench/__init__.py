"""The workbench: the desk in a browser, as pages and as a JSON API. Needs the extra `review`; only `servanda review` imports it."""
