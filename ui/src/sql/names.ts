/** Names of frames and columns as SQL wants them. Never reads or runs a query. */

/** Words that the parser takes for its own where a column's name may stand. */
const RESERVED = new Set(
  "all and as between by case cross distinct else end except exists false from full group having in inner intersect interval into is join left like limit natural not null offset on or order outer right select set start table then true union using values when where with".split(
    " ",
  ),
);

function part(name: string): string {
  return /^[a-z_][a-z0-9_]*$/.test(name) && !RESERVED.has(name) ? name : `"${name.replaceAll('"', '""')}"`;
}

/** `billing_details.address.city` as it is; what is no plain word is quoted, part by part. */
export const columnInSql = (name: string) => name.split(".").map(part).join(".");

export const frameInSql = (name: string) => part(name);

export const firstQuery = (frame: string) => `select * from ${frameInSql(frame)} limit 100`;
