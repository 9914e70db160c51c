import { createContext, useContext } from 'react';
import type { ViewerQuery } from '../kit/api/operator.generated.ts';

/** The signed-in person of the platform. */
export type Viewer = NonNullable<ViewerQuery['viewer']>;

export const ViewerContext = createContext<Viewer | null>(null);

/** @throws Error outside of the console */
export function useViewer(): Viewer {
	const viewer = useContext(ViewerContext);
	if (viewer === null) throw new Error('useViewer() needs the console.');
	return viewer;
}
