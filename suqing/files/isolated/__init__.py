"""Scripts that run in a child process of their own (files.children): they import nothing of ours."""
