"""What one user may see and do. Every function takes the user first; there is no variant without.

The gateway reviews the user's rights, then reads the store or calls the API server with the app's own account. It
never interprets an object.
"""
