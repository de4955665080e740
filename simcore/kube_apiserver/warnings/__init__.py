"""What the server says about objects that it accepts all the same: Warning headers, with upstream's texts."""
