/** Steps of this room for others. */
export {
  closeWeek,
  comingWeeks,
  findCurrentHost,
  findHostedWeek,
  findRunningWeek,
  findWeek,
  findWeekOfSlot,
  hostsByWeek,
  listEvents,
  listWeeks,
  nextClosing,
  weeksToClose,
  type Event,
  type HostedWeek,
  type Week,
  type WeekHost,
} from './store.ts'
