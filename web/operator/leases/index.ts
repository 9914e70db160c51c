export { LeaseRequest } from './lease-request.tsx';
export { LeaseScope } from './lease-scope.tsx';
export { LeaseStory } from './lease-story.tsx';
export { Openings } from './openings.tsx';
