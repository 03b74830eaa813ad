"""Every socket towards a network. A transport is handed the gate; what the gate refuses is not sent."""
