"""What people usually write instead; to come."""
