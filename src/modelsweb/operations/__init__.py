"""What users do to the cluster. Each operation takes a user and a request and gives a result; pages, bulk actions and programs
call the same."""
