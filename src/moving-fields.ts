import { createSchema, TABLE_OF } from './api/index.ts';
import { sealedColumns } from './database/index.ts';
import type { Registry } from './directives/index.ts';
import type { MovingField } from './lifecycle/index.ts';

/** Fields whose sealed column takes over a column of plaintext. */
export const movingFields = (registry: Registry = createSchema().registry): MovingField[] =>
	sealedColumns(TABLE_OF).flatMap(({ typeName, fieldName, table, column, from }) => {
		const field = registry.get(`${typeName}.${fieldName}`);
		if (!field || !from?.type) return [];
		return [{ coordinate: field.coordinate, field, table, from: from.column, to: column, type: from.type }];
	});
