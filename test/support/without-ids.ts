const UUID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;

/** Removes the ids from a text before a search for hexadecimal digits, since ids contain any digits by chance. */
export const withoutIds = (text: string): string => text.replaceAll(UUID, '');
