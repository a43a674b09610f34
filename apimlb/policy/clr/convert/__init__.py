"""System.Convert, BitConverter and TypeCode."""
