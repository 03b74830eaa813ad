"""The words of the project, one noun a file. Nothing here imports anything else of ours."""
