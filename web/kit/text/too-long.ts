/** Why the API would refuse a text for its length; null if it would not. The API counts bytes (UTF-8). */
export function whyTooLong(text: string, mostBytes: number): string | null {
	// No character takes more than three bytes for each of its units.
	if (text.length * 3 <= mostBytes) return null;
	const over = new TextEncoder().encode(text).length - mostBytes;
	return over > 0 ? `Too long: shorten it by about ${over.toLocaleString()} characters.` : null;
}
