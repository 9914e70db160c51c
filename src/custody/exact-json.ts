import canonicalize from 'canonicalize';
import type { Shape } from './shape.ts';

/** Canonical JSON (RFC 8785). Throws Error for a lone surrogate. */
export const exactJson = (value: unknown): string => canonicalize(value) as string;

/**
 * The value in `text`, or null unless the text is canonical JSON of a value that has the shape. The shape comes first, so that the depth is
 * bounded when the text is written again.
 */
export function readExactJson<T>(text: string, shape: Shape<T>): T | null {
	try {
		const value: unknown = JSON.parse(text);
		return shape(value) && exactJson(value) === text ? value : null;
	} catch {
		return null;
	}
}
