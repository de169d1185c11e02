"""What the rehearsal does to a centre: it staffs it and plays the script through the actions of the desks."""
