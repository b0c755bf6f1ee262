/**
 * Amounts in a currency's smallest unit as people read them, exactly: whole numbers in, digits out, no floats between.
 * How many digits a currency has is the server's word (`/currencies`); a currency it does not name has two.
 */

/** Digits after the point, by lower-case currency code. */
export type Decimals = Record<string, number>;

export function decimalsOf(currency: string | null, decimals: Decimals): number {
  return currency === null ? 2 : (decimals[currency.toLowerCase()] ?? 2);
}

type Whole = number | string | bigint;

function whole(amount: Whole): bigint | null {
  if (typeof amount === "bigint") return amount;
  if (typeof amount === "number") return Number.isInteger(amount) ? BigInt(amount) : null;
  return /^-?\d+$/.test(amount) ? BigInt(amount) : null;
}

/** `123456` with 2 digits is `1234.56`: plain digits, for copying and for a chart's axis. */
export function majorText(amount: Whole, digits: number): string {
  const value = whole(amount);
  if (value === null) return fractional(amount, digits);
  if (digits === 0) return value.toString();
  const negative = value < 0n;
  const all = (negative ? -value : value).toString().padStart(digits + 1, "0");
  return `${negative ? "-" : ""}${all.slice(0, -digits)}.${all.slice(-digits)}`;
}

// A mean or a `*_decimal` amount is no whole number of smallest units: it may be rounded, an amount never is.
function fractional(amount: Whole, digits: number): string {
  const value = Number(amount) / 10 ** digits;
  return Number.isFinite(value) ? value.toFixed(Math.max(digits, 2)) : String(amount);
}

/** The same as a number, for plotting only. */
export function majorNumber(amount: Whole, digits: number): number {
  return Number(amount) / 10 ** digits;
}

const formats = new Map<string, Intl.NumberFormat>();

function format(currency: string | null, digits: number, locale?: string): Intl.NumberFormat {
  const key = `${locale ?? ""}/${currency ?? ""}/${digits}`;
  let found = formats.get(key);
  if (!found) {
    const places = { minimumFractionDigits: digits, maximumFractionDigits: digits } as const;
    const known = currency !== null && /^[a-z]{3}$/i.test(currency);
    found = new Intl.NumberFormat(locale, known ? { ...places, style: "currency", currency } : places);
    formats.set(key, found);
  }
  return found;
}

const isEmpty = (decimals: Decimals) => Object.keys(decimals).length === 0;

/** While the server's word is not there, an amount is as Stripe has it: a point in the wrong place would mislead. */
function smallestText(amount: Whole, currency: string | null, locale?: string): string {
  const number = new Intl.NumberFormat(locale).format(amount as number | bigint | Intl.StringNumericLiteral);
  return `${number} ${currency ?? ""} (smallest unit)`.replace("  ", " ");
}

/** `1234567` of `usd` is `$12,345.67` where the browser speaks American English. */
export function moneyText(
  amount: Whole,
  currency: string | null,
  decimals: Decimals,
  locale?: string,
): string {
  if (isEmpty(decimals)) return smallestText(amount, currency, locale);
  const digits = decimalsOf(currency, decimals);
  const text = majorText(amount, digits);
  const value = whole(amount);
  const shown = format(currency, value === null ? Math.max(digits, 2) : digits, locale);
  // A string is formatted with all its digits; a number would first become a float.
  return shown.format(text as Intl.StringNumericLiteral);
}

/** `$1.2M`: for a tile or an axis, where the exact amount is elsewhere. */
export function shortMoney(
  amount: Whole,
  currency: string | null,
  decimals: Decimals,
  locale?: string,
): string {
  if (isEmpty(decimals)) return smallestText(amount, currency, locale);
  const known = currency !== null && /^[a-z]{3}$/i.test(currency);
  const options: Intl.NumberFormatOptions = { notation: "compact", maximumFractionDigits: 1 };
  const style: Intl.NumberFormatOptions = known ? { style: "currency", currency: currency as string } : {};
  return new Intl.NumberFormat(locale, { ...options, ...style }).format(
    majorNumber(amount, decimalsOf(currency, decimals)),
  );
}
