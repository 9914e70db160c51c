/** For `ref` of what a person has just asked for, such as the first field of a form that opens in its place. */
export const focusHere = (element: HTMLElement | null): void => element?.focus();
