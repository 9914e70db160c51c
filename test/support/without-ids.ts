const UUID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;

/** A text in which a few hexadecimal digits are looked for, without its ids: those have any digits by chance. */
export const withoutIds = (text: string): string => text.replaceAll(UUID, '');
