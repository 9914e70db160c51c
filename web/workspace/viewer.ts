import { createContext, useContext } from 'react';
import type { ViewerQuery } from '../kit/api/workspace.generated.ts';

/** The signed-in person of a firm. */
export type Viewer = NonNullable<ViewerQuery['viewer']>;

export const ViewerContext = createContext<Viewer | null>(null);

/** @throws Error outside of the workspace */
export function useViewer(): Viewer {
	const viewer = useContext(ViewerContext);
	if (viewer === null) throw new Error('useViewer() needs the workspace.');
	return viewer;
}
