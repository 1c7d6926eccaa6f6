public enum EdgeRuntimePlaceholder {}
