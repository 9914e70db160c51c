import { fc } from '@fast-check/vitest';
import { it } from 'vitest';
import { fromBase64, toBase64 } from '../../src/custody/bytes.ts';
import { base64Of } from '../../src/custody/shape.ts';

it('base64 of a length is exactly what decodes to so many bytes', () => {
	for (const length of [30, 31, 32, 64]) {
		const isOfLength = base64Of(length);
		const bytes = fc.uint8Array({ minLength: length - 2, maxLength: length + 2 });
		const changed = fc
			.tuple(bytes, fc.nat(), fc.constantFrom('A', 'b', '9', '+', '/', '=', '-', '_', ' ', '\n'))
			.map(([of, at, by]) => {
				const text = toBase64(of);
				const place = text.length - 1 - (at % 4);
				return text.slice(0, place) + by + text.slice(place + 1);
			});
		const texts = fc.oneof(bytes.map(toBase64), changed);
		fc.assert(
			fc.property(texts, (text) => isOfLength(text) === (fromBase64(text)?.length === length)),
			{ numRuns: 500 },
		);
	}
});
