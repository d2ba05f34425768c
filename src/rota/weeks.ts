/** Steps of this room for others. */
export {
  comingWeeks,
  findCurrentHost,
  findHostedWeek,
  findRunningWeek,
  findWeek,
  findWeekOfSlot,
  hostsByWeek,
  listEvents,
  listWeeks,
  type Event,
  type HostedWeek,
  type Week,
  type WeekHost,
} from './store.ts'
