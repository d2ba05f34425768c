UPDATE `briefing_ticks` SET `point` = 'The host agrees to their photo being shown' WHERE `point` = 'They agree to their photo being shown';--> statement-breakpoint
UPDATE `accounts` SET `briefing` = replace(`briefing`, '"They agree to their photo being shown"', '"The host agrees to their photo being shown"') WHERE `briefing` IS NOT NULL;
