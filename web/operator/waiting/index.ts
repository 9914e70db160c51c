export { useCounts } from './use-counts.ts';
export { useWaiting } from './waiting.ts';
export { WaitingProvider } from './waiting-provider.tsx';
