/** JSON as AWS sent it. Task definitions stay in this form: a typed copy would drop members newer than the SDK. */
export type Json = string | number | boolean | null | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [member: string]: Json | undefined;
}
