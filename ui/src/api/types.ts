/** The one place the page takes the server's types from. */
export type * from "./schema";
