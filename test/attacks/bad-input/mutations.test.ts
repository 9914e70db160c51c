import { attackCalls } from './attack-calls.ts';

attackCalls('mutation');
