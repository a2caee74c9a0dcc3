"""What users write: texts with positions, what is wrong with them, and what would be sent. Pure: nothing here asks a cluster."""
