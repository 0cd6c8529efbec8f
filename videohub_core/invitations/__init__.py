"""Who may register: everybody, nobody, or whoever was invited."""
