/** Hands a person a file that the page made: a picture, or text. */
export function saveBlob(blob: Blob, name: string) {
  const address = URL.createObjectURL(blob);
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  // The download has begun by then; the address would keep the whole file in memory.
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

export function saveText(text: string, name: string, type: string) {
  saveBlob(new Blob([text], { type: `${type};charset=utf-8` }), name);
}
