const ID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/gi;

/** The id in what a person of the firm has sent: an id, or an address, whose last part names the record. Null if there is none. */
export const recordIdIn = (text: string): string | null => text.match(ID)?.at(-1)?.toLowerCase() ?? null;
