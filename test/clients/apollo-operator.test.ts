import { HttpLink } from '@apollo/client';
import { addTypenameToDocument } from '@apollo/client/utilities';
import { parse } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSchema, readOperationFiles, registerOperations } from '../../src/api/index.ts';
import type { TestApi } from '../support/installation.ts';
import { codesOf } from './apollo-errors.ts';
import { printRegistered } from './apollo-operator.ts';
import { clientOf, makeScene, type Scene } from './scene.ts';

const files = readOperationFiles();

describe('the text of a registered operation', () => {
	const operations = registerOperations(createSchema().schema, files);

	it.each(files)('$name is found, in spite of __typename and another order of fragments', ({ text }) => {
		const { definitions, ...document } = parse(text);
		const reordered = addTypenameToDocument({ ...document, definitions: definitions.toReversed() });
		expect(operations.find({ query: printRegistered(reordered) })).toBe(text.trim());
	});
});

describe('an operator API that answers registered operations only', () => {
	const NOTE = parse(files.find(({ name }) => name === 'note-content.graphql')?.text ?? '');
	let scene: Scene;
	let api: TestApi;
	beforeAll(async () => {
		scene = await makeScene();
		api = await scene.installation.serve({ FIRMSEAL_PLANE: 'operator' }, { onlyRegistered: true });
	});
	afterAll(() => scene?.installation.close());

	const read = (id: string, options: HttpLink.Options) =>
		clientOf(scene, {
			token: () => scene.operator,
			transport: new HttpLink({ uri: `${api.url}/graphql`, ...options }),
		}).query({ query: NOTE, variables: { id }, fetchPolicy: 'no-cache' });

	it('refuses what Apollo Client sends by itself, and answers the registered text', async () => {
		const id = await scene.write({ title: 'sealed' });
		await expect(read(id, {}).catch(codesOf)).resolves.toEqual(['FORBIDDEN']);
		const { data } = await read(id, { print: printRegistered });
		expect(data).toMatchObject({ note: { id, firmId: scene.north.id, title: null } });
		expect(JSON.stringify(data)).not.toContain('__typename');
	});
});
