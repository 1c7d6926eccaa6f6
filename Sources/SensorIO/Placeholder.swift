public enum SensorIOPlaceholder {}
