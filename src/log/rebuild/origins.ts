/** The tree that an origin ends with: `<installation>/firmseal/<tree>`. */
export const treeOfOrigin = (origin: string): string => origin.slice(origin.lastIndexOf('/') + 1);
