/// <reference types="ponder/virtual" />
// What Ponder's own generated ponder-env.d.ts says; that file is rewritten at every start, so it is not kept.

declare module "ponder:internal" {
  const config: typeof import("./ponder.config.ts")
  const schema: typeof import("./ponder.schema.ts")
}

declare module "ponder:schema" {
  export * from "./ponder.schema.ts"
}
