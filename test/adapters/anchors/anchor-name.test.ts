import { createHash } from 'node:crypto';
import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { nameOfAnchor } from '../../../src/adapters/anchors/anchor-name.ts';
import { isObjectName, isObjectTag, tagOfObject } from '../../../src/documents/index.ts';

describe('the name of an anchor', () => {
	test.prop([fc.stringMatching(/^[a-z0-9]([a-z0-9.-]{0,98}[a-z0-9])?$/), fc.maxSafeNat()])(
		'is a valid object name',
		(installation, number) => {
			const name = nameOfAnchor(installation, number);
			expect([isObjectName(name), isObjectTag(tagOfObject(name))]).toEqual([true, true]);
		},
	);

	it('is the SHA-256 of its parts, each with its length', () => {
		const part = (text: string) => `${String.fromCharCode(0, 0, 0, text.length)}${text}`;
		const digits = createHash('sha256')
			.update(part('firmseal/anchor/v1') + part('seal.example') + part('17'))
			.digest('hex');
		expect(nameOfAnchor('seal.example', 17).replaceAll(/[-/]/g, '')).toBe(digits);
		expect(nameOfAnchor('localhost', 0)).toBe('fe3136f4-8d73-40cc-48b8-26c7819316ad/10b593b0efe683f35f37b003041a5ecb');
	});

	it('differs for every installation and number', () => {
		const names = ['a', 'a1', 'b'].flatMap((installation) =>
			Array.from({ length: 200 }, (_, number) => nameOfAnchor(installation, number)),
		);
		expect(new Set(names).size).toBe(600);
	});
});
