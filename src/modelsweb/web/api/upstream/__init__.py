"""The API of kserve/models-web-app, so that scripts and its front end go on as they are; docs/api.md says what is other here."""
