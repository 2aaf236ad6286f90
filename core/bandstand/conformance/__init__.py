"""What holds of every pack, whatever it says: named invariants, and generated people to try them on."""
