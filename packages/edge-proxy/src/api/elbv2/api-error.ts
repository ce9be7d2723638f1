/** An error answer, in AWS's words. */
export class ApiError extends Error {
  override readonly name = "ApiError";
  /** As on the wire: an exception's name without `Exception`. */
  readonly code: string;
  readonly status: number;

  constructor(code: string, message: string, status = 400) {
    super(message);
    this.code = code;
    this.status = status;
  }

  static validation(message: string): ApiError {
    return new ApiError("ValidationError", message);
  }

  /** How AWS reports a value that does not fit its shape. */
  static constraint(value: string, member: string, constraint: string): ApiError {
    const shown = value === "null" ? "null" : `'${value}'`;
    return ApiError.validation(
      `1 validation error detected: Value ${shown} at '${member}' failed to satisfy constraint: ${constraint}`,
    );
  }

  static invalidConfiguration(message: string): ApiError {
    return new ApiError("InvalidConfigurationRequest", message);
  }

  static notPermitted(message: string): ApiError {
    return new ApiError("OperationNotPermitted", message);
  }
}
