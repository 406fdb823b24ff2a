"""The comparison page: routes, HTML and its JSON twin, pictures, and one script of ours."""
