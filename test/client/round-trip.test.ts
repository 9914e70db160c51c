import { fc, test } from '@fast-check/vitest';
import { parse, validate } from 'graphql';
import { describe, expect } from 'vitest';
import type { CustodyOfClass } from '../../src/client/index.ts';
import { SEED, scale } from '../support/scale.ts';
import { MarkerApi } from './marker-api.ts';
import { markerOpener } from './marker-opener.ts';
import { randomDocument } from './random-documents.ts';
import { ask } from './round-trip.ts';
import { sealedSchema } from './sealed-sdl.ts';

const custody = fc.constantFrom<CustodyOfClass>('PLATFORM', 'MOVING', 'FIRM', 'FIRM', 'BACK');
const custodies = fc.record({ DOCUMENT: custody, COMMUNICATION: custody, BILLING: custody, NOTE: custody });
const choices = fc.array(fc.nat({ max: 10_000 }), { minLength: 60, maxLength: 200 });
const variables = { yes: true, no: false };

describe('a random document', () => {
	test.prop([choices, custodies], { numRuns: scale(1_000), seed: SEED })(
		'gets the same answer in every custody',
		async (drawn, classes) => {
			const document = parse(randomDocument(drawn));
			fc.pre(validate(sealedSchema, document).length === 0);
			const plain = new MarkerApi({}).answer({ query: document, variables });
			const { data, errors, added } = await ask(new MarkerApi(classes), markerOpener(classes), document, {
				variables,
			});
			expect(errors).toEqual([]);
			expect(added).toEqual([]);
			expect(data).toEqual(plain.data);
		},
	);
});
